/** Importing this makes `<callreel-recorder>` known. */

import type {
  CallreelError,
  Heard,
  RecordingState,
  Source,
  Take,
  UploadComplete,
  UploadProgress,
} from "./callreel.js";

export * from "./callreel.js";

/** What a `<callreel-recorder>` tells. All but `error` bubble. */
export interface CallreelRecorderEventMap {
  /** It records. */
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
 * A recorder with its own face. Attributes and properties have the same names; the attribute of
 * `frameRate` is `frame-rate`.
 *
 * Slots: `idle` (seen before the source is open), `controls` (beside the buttons).
 * Parts: `frame`, `stage`, `video`, `replay`, `message`, `line`, `controls`, `button`, `time`, `status`,
 * and each button by its name: `open`, `start`, `stop`, `pause`, `resume`, `again`, `download`.
 * Custom properties: `--callreel-accent`, `--callreel-accent-text`, `--callreel-record`,
 * `--callreel-surface`, `--callreel-text`, `--callreel-quiet`, `--callreel-line`, `--callreel-stage`,
 * `--callreel-radius`, `--callreel-font`, `--callreel-aspect-ratio`.
 *
 * In a `<form>` with a `name`, its value is the take's file.
 */
export declare class CallreelRecorder extends HTMLElement {
  /**
   * `camera` by default. Where another one is open it is closed; a recording goes on with what it has, and
   * the next one is of the new source.
   */
  get source(): Source;
  set source(value: Source);
  /** Pixels, wished for. */
  get width(): number | null;
  set width(value: number | null);
  /** Pixels, wished for. */
  get height(): number | null;
  set height(value: number | null);
  /** Frames per second, wished for. */
  get frameRate(): number | null;
  set frameRate(value: number | null);
  /** `user`, `environment`, `left` or `right`; empty leaves it to the browser. */
  facingMode: string;
  /** See `RecordOptions.format`. */
  format: string;
  /** Bits per second, from 1,000 to 100,000,000; what is outside counts as absent. */
  get bitRate(): number | null;
  set bitRate(value: number | null);
  /** Ms from chunk to chunk, from 10 to 10,000; what is outside counts as absent. */
  get timeslice(): number | null;
  set timeslice(value: number | null);
  /** Ms after which the take ends by itself. */
  get maxDuration(): number | null;
  set maxDuration(value: number | null);
  /** Whether takes are uploaded while they are made. */
  upload: boolean;
  /** See `RecordOptions.server`. */
  server: string;
  /** See `RecordOptions.ownerKey`. The property never becomes an attribute. */
  ownerKey: string;
  /** See `RecordOptions.token`. The property never becomes an attribute. */
  token: string;
  /** `light` or `dark`; else as the page has it. */
  theme: string;
  /** The name of the take in a form. */
  name: string;
  /** The form that it is in. */
  readonly form: HTMLFormElement | null;
  /** `idle`: nothing is open. `open`: one sees what would be recorded. */
  readonly state: RecordingState | "idle" | "open";
  /** The last take, until another is begun. */
  readonly take: Take | undefined;

  /** Opens the source. */
  open(): Promise<void>;
  /** Opens the source where it is not open, and records. */
  start(): Promise<void>;
  /**
   * Ends the recording and turns the source off; one that is just being begun is ended once it has. Where
   * nothing is recorded it gives the last take, or is refused (`not_recording`).
   */
  stop(): Promise<Take>;
  /** Records nothing until it is resumed. */
  pause(): void;
  /** Records again. */
  resume(): void;
  /** The takes that this origin keeps, newest first. */
  takes(): Promise<Take[]>;

  addEventListener<Name extends keyof CallreelRecorderEventMap>(
    name: Name,
    act: Heard<CallreelRecorder, CallreelRecorderEventMap[Name]> | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener<Name extends Exclude<keyof HTMLElementEventMap, keyof CallreelRecorderEventMap>>(
    name: Name,
    act: Heard<CallreelRecorder, HTMLElementEventMap[Name]> | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Name extends keyof CallreelRecorderEventMap>(
    name: Name,
    act: Heard<CallreelRecorder, CallreelRecorderEventMap[Name]> | null,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener<Name extends Exclude<keyof HTMLElementEventMap, keyof CallreelRecorderEventMap>>(
    name: Name,
    act: Heard<CallreelRecorder, HTMLElementEventMap[Name]> | null,
    options?: boolean | EventListenerOptions,
  ): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "callreel-recorder": CallreelRecorder;
  }
}
