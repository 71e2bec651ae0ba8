/**
 * Calls without a face, for pages that draw their own.
 *
 * Pictures, sound and what people write go from browser to browser, encrypted; the server only brings
 * them together.
 */

import type { CallreelError, Heard } from "./callreel.js";

export { CallreelError } from "./callreel.js";

/** What {@link joinRoom} is asked for. */
export interface JoinOptions {
  /** The room's name, 1 to 100 visible characters. Whoever knows it can come in, unless the host asks for tokens. */
  room: string;
  /**
   * The Callreel server's address. By default the server that this module was loaded from, else the
   * page's own origin. A server of another origin has to be started with `--allow-origin`.
   */
  server?: string;
  /** What others call the person; at most 100 characters. */
  name?: string;
  /** The host's leave to come in (a JWT), where the server was started with `--auth-secret-file`. */
  token?: string;
  /**
   * What is sent: the first track with sound and the first with a picture. Its tracks stay yours; stop
   * them when the call is over. Without it one sees and hears the others, and sends nothing.
   */
  stream?: MediaStream | null;
  /** Gives up joining. Later it does nothing. */
  signal?: AbortSignal;
  /** The language of what is said; the browser's by default. */
  lang?: string;
}

/** Somebody else in the room, as they are at one moment; each change brings another. */
export interface Peer {
  /** Tells them apart, as long as one is in the room. */
  readonly id: number;
  /** As they call themselves: text, never markup; perhaps empty. */
  readonly name: string;
  /** Their voice and their picture, once the connection stands. The same object as long as nothing of it changes. */
  readonly stream: MediaStream | null;
  /** The screen that they share, with its sound. */
  readonly screen: MediaStream | null;
  /** Whether their camera is on; else the picture in {@link Peer.stream} is black. */
  readonly camera: boolean;
  /** Whether they can be heard. */
  readonly microphone: boolean;
  /** Whether they raise their hand. */
  readonly hand: boolean;
  /** Whether they record the call. */
  readonly recording: boolean;
  /** Whether they speak just now. */
  readonly speaking: boolean;
  /** `interrupted`: it was there, and is being mended. */
  readonly connection: "connecting" | "connected" | "interrupted";
}

/** Something that was written. */
export interface Message {
  /** The name of who wrote it; `null` is oneself. */
  readonly from: string | null;
  /** What: text, never markup. */
  readonly text: string;
  /** When it came, in ms since 1970. */
  readonly at: number;
}

/** What a room tells. */
export interface RoomEventMap {
  /** Somebody is there, now or already before. */
  peerjoin: CustomEvent<Peer>;
  /** Somebody is otherwise than before: has a stream, shares a screen, speaks. */
  peerchange: CustomEvent<Peer>;
  /** Somebody is not there any more. */
  peerleave: CustomEvent<Peer>;
  /** Somebody wrote something. */
  message: CustomEvent<Message>;
  /** {@link Room.state} or {@link Room.peers} may be others. */
  change: CustomEvent<undefined>;
  /** One is out. Nothing follows. */
  leave: CustomEvent<{ readonly room: string }>;
  /** Something failed; one is still in the room. */
  error: CustomEvent<CallreelError>;
}

/** `reconnecting`: the server is lost; the call goes on, and the way back is looked for. */
export type RoomState = "joining" | "joined" | "reconnecting" | "left";

/** A room that one is in. A lost network or server is come back from by itself. */
export interface Room {
  /** Its name, as the server writes it. */
  readonly room: string;
  /** Where one stands. */
  readonly state: RoomState;
  /** Everybody else. */
  readonly peers: readonly Peer[];
  /** Sends another stream from now on, or nothing. Its tracks stay yours. */
  send(stream: MediaStream | null): void;
  /** Shares a screen, such as `openScreen()` of `callreel` gives, or ends that. Its tracks stay yours. */
  share(screen: MediaStream | null): void;
  /** Writes to everybody. */
  write(text: string): void;
  /** Leaves. What was given is yours to stop. */
  leave(): void;
  addEventListener<Name extends keyof RoomEventMap>(
    name: Name,
    act: Heard<Room, RoomEventMap[Name]> | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Name extends keyof RoomEventMap>(
    name: Name,
    act: Heard<Room, RoomEventMap[Name]> | null,
    options?: boolean | EventListenerOptions,
  ): void;
}

/**
 * Joins a room. The promise is fulfilled once one is in. Who was there already is in
 * {@link Room.peers} then, or comes with a `peerjoin`.
 * @throws {TypeError} An option has no such value.
 * @throws {CallreelError} `room_full`, `room_origin` (the server does not know this page's origin),
 * `room_unreachable`, `bad_server`, `not_loaded`, or a code of the server's, such as `join_token_needed`.
 */
export declare function joinRoom(options: JoinOptions): Promise<Room>;
