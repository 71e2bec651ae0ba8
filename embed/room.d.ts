/** Importing this makes `<callreel-room>` known. */

import type { CallreelError, Heard, Take, UploadComplete, UploadProgress } from "./callreel.js";
import type { RoomState } from "./join.js";

export type { Take, UploadComplete, UploadProgress } from "./callreel.js";
export * from "./join.js";

/** What a `<callreel-room>` tells. All but `error` bubble. */
export interface CallreelRoomEventMap {
  /** The person is in the room. */
  join: CustomEvent<{ readonly room: string }>;
  /** The person is out: by a button, by `leave()`, or because the element was removed. */
  leave: CustomEvent<{ readonly room: string }>;
  /** The call is being recorded here. */
  recordingstart: CustomEvent<{ readonly durable: boolean }>;
  /** A take is there. */
  recordingstop: CustomEvent<Take>;
  /** The take is where it survives the page. */
  recordingsaved: CustomEvent<Take>;
  /** An upload stands elsewhere: of its takes, or one that an earlier visit did not finish. */
  uploadprogress: CustomEvent<UploadProgress>;
  /** The server has all of a take. */
  uploadcomplete: CustomEvent<UploadComplete>;
  /** Something was refused or failed; the element says it, too. */
  error: CustomEvent<CallreelError>;
}

/**
 * A call with its own face. Attributes and properties have the same names; the attribute of `frameRate` is
 * `frame-rate`. What is set later counts from the next time that it is needed: a `room` from the next
 * joining on, a `width` from the next opening of the camera on.
 *
 * Slots: `header` (above the room), `footer` (below it).
 * Parts: `frame`, `room`, `people`, `tile`, `controls`, `side`, `entry`.
 * Custom properties: `--callreel-height`, and as with the recorder `--callreel-accent`,
 * `--callreel-accent-text`, `--callreel-record`, `--callreel-surface`, `--callreel-text`,
 * `--callreel-quiet`, `--callreel-line`, `--callreel-stage`, `--callreel-radius`, `--callreel-font`.
 */
export declare class CallreelRoom extends HTMLElement {
  /** The room's name. Without it the person chooses one. */
  room: string;
  /** What others call the person, who can change it before joining. */
  name: string;
  /** See `JoinOptions.server`. */
  server: string;
  /** See `JoinOptions.token`; it also lets takes be uploaded. The property never becomes an attribute. */
  token: string;
  /** Pixels of the camera's picture, wished for; 1280 by default. */
  get width(): number | null;
  set width(value: number | null);
  /** Pixels of the camera's picture, wished for; 720 by default. */
  get height(): number | null;
  set height(value: number | null);
  /** Frames per second, wished for; 30 by default. */
  get frameRate(): number | null;
  set frameRate(value: number | null);
  /** `user`, `environment`, `left` or `right`; empty leaves it to the browser. */
  facingMode: string;
  /** The format of a recording: see `RecordOptions.format`. */
  format: string;
  /** Bits per second of a recording, from 1,000 to 100,000,000; what is outside counts as absent. */
  get bitRate(): number | null;
  set bitRate(value: number | null);
  /** Ms from chunk to chunk of a recording, from 10 to 10,000; what is outside counts as absent. */
  get timeslice(): number | null;
  set timeslice(value: number | null);
  /** Ms after which a recording ends by itself. */
  get maxDuration(): number | null;
  set maxDuration(value: number | null);
  /** Whether takes are uploaded while they are made. */
  upload: boolean;
  /** See `RecordOptions.ownerKey`. The property never becomes an attribute. */
  ownerKey: string;
  /** `light` or `dark`; else as the page has it. */
  theme: string;
  /** `idle`: it is in no page, or not loaded yet. `green`: the person has not joined yet. */
  readonly state: RoomState | "idle" | "green";
  /** Whether the call is being recorded here. */
  readonly recording: boolean;
  /** Whether that recording is paused. */
  readonly paused: boolean;
  /** The last take. */
  readonly take: Take | undefined;

  /**
   * Joins, and opens camera and microphone, as the button does. It is refused with the reason that keeps
   * one out, with `left` where one leaves meanwhile, with `removed` where the element is.
   */
  join(): Promise<void>;
  /** Leaves, and turns camera and microphone off. */
  leave(): void;
  /**
   * Records the call: everybody in one picture and one sound, or what the person has chosen instead. It is
   * refused with `not_joined` before one is in, and as `join()` is where one leaves before it has begun.
   */
  start(): Promise<void>;
  /**
   * Ends the recording; one that is just being begun is ended once it has. Where nothing is recorded it
   * gives the last take, or is refused (`not_recording`).
   */
  stop(): Promise<Take>;
  /** Records nothing until it is resumed; the call goes on. */
  pause(): void;
  /** Records again. */
  resume(): void;
  /** The takes that this origin keeps, newest first. */
  takes(): Promise<Take[]>;

  addEventListener<Name extends keyof CallreelRoomEventMap>(
    name: Name,
    act: Heard<CallreelRoom, CallreelRoomEventMap[Name]> | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<Name extends Exclude<keyof HTMLElementEventMap, keyof CallreelRoomEventMap>>(
    name: Name,
    act: Heard<CallreelRoom, HTMLElementEventMap[Name]> | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Name extends keyof CallreelRoomEventMap>(
    name: Name,
    act: Heard<CallreelRoom, CallreelRoomEventMap[Name]> | null,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener<Name extends Exclude<keyof HTMLElementEventMap, keyof CallreelRoomEventMap>>(
    name: Name,
    act: Heard<CallreelRoom, HTMLElementEventMap[Name]> | null,
    options?: boolean | EventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "callreel-room": CallreelRoom;
  }
}
