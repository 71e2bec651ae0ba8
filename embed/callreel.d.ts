/**
 * Recording without a face, for pages that draw their own.
 *
 * Nothing is fetched but this package's own files. Takes are kept in the browser, for the origin of the
 * page, second by second while they are made; they stay until {@link Take.remove}.
 */

/** What can be recorded. */
export type Source = "camera" | "microphone" | "screen";

/** Why something was refused or failed. Its `message` is for people, in the language asked for. */
export declare class CallreelError extends Error {
  /**
   * Stable, for programs. Of devices: `permission_denied_by_person`, `permission_denied_by_system`,
   * `denied_by_page_policy`, `no_device`, `device_busy`, `overconstrained`, `insecure_origin`,
   * `unsupported`, `dismissed`, `needs_click`, `aborted`, `timeout`, `other`. Of recordings: `no_track`,
   * `bad_server`, `unsupported_format`, `recorder_failed`, `disk_full`, `not_durable`. Of uploads:
   * `upload_unreachable`, `upload_origin`, `upload_server_failed`, `upload_server_full`, `upload_key`,
   * `upload_not_allowed`, `upload_too_large`, `upload_deleted`, `upload_not_understood`, `bad_owner_key`,
   * `no_owner_key`. Of calls: `room_full`, `room_origin`, `room_unreachable`, `bad_server`, and those of
   * the server, such as `join_token_needed`. Of elements: `not_loaded` (this package's code could not be
   * fetched; the next try asks for it again), `removed` (the element is in no page, or was taken out of it
   * meanwhile), `not_recording`, `not_joined`, `left` (one left before it was done). Others may come.
   */
  readonly code: string;
  /** What a person can do, a sentence each. */
  readonly steps: readonly string[];
  /** The line that is missing in the page around, such as an `<iframe allow="…">`, where that is known. */
  readonly line: string | undefined;
}

/** Who listens: a function, or an object with one. */
export type Heard<Target, Heard extends Event> =
  | ((this: Target, event: Heard) => void)
  | { handleEvent(event: Heard): void };

/** A camera, a microphone or a speaker. */
export interface Device {
  /** Stable for this origin; empty before any permission. */
  readonly deviceId: string;
  /** The same for devices in one housing. */
  readonly groupId: string;
  /** What it is. */
  readonly kind: "camera" | "microphone" | "speaker";
  /** Empty before any permission. */
  readonly label: string;
}

/** The devices, as far as the page may know of them. */
export declare function devices(): Promise<Device[]>;

/** What {@link openCamera} is asked for. */
export interface CameraOptions {
  /** The picture; `true` by default, `false` for sound alone. */
  video?: boolean | MediaTrackConstraints;
  /** The sound; `true` by default. */
  audio?: boolean | MediaTrackConstraints;
  /** The language of a refusal, such as `en` or `zh-CN`; the browser's by default. */
  lang?: string;
}

/**
 * Opens camera and microphone. The stream is yours: stop its tracks to turn the light off.
 * @throws {CallreelError} What was refused, in words, with what helps.
 */
export declare function openCamera(options?: CameraOptions): Promise<MediaStream>;

/** What {@link openScreen} is asked for. */
export interface ScreenOptions {
  /** The picture; `true` by default. */
  video?: boolean | MediaTrackConstraints;
  /** The screen's own sound, where the browser offers it; `true` by default. */
  audio?: boolean;
  /** The language of a refusal; the browser's by default. */
  lang?: string;
}

/**
 * Asks the person for a screen, a window or a tab. Call it in a click.
 * @throws {CallreelError} What was refused, in words, with what helps.
 */
export declare function openScreen(options?: ScreenOptions): Promise<MediaStream>;

/** How {@link record} records. */
export interface RecordOptions {
  /** What is noted with the take; `camera` where there is a picture. */
  source?: Source;
  /**
   * `webm`, `mp4`, or a format such as `webm-vp9-opus`. It is a wish: where the browser does not record
   * that, or there is none of that name, its best is taken. {@link Take.type} says which it was.
   */
  format?: string;
  /** Bits per second of the picture, or of sound alone; from 1,000 to 100,000,000. */
  bitRate?: number;
  /** A chunk is made durable every so many ms, from 10 to 10,000; 1,000 by default. */
  timeslice?: number;
  /** The take ends by itself after so many ms, pauses not counted. */
  maxDuration?: number;
  /** The take's title; the document's by default. */
  title?: string;
  /** Whether the take is uploaded while it is made. */
  upload?: boolean;
  /**
   * The Callreel server's address. By default the server that this module was loaded from, else the
   * page's own origin. A server of another origin has to be started with `--allow-origin`.
   */
  server?: string;
  /**
   * The key that the recording belongs to: 1 to 512 visible ASCII characters, impossible to guess. Whoever
   * has it can see, change and delete the recording. By default this origin has one of its own, which every
   * script of this origin can read.
   */
  ownerKey?: string;
  /** The host's leave to begin an upload, where the server was started with `--uploads token`. */
  token?: string;
  /** The language of what is said; the browser's by default. */
  lang?: string;
}

/** What was recorded. */
export interface Take {
  /** 32 hexadecimal digits. */
  readonly id: string;
  /** As {@link RecordOptions.title} was. */
  readonly title: string;
  /** The finished file, with duration and index, so that it seeks everywhere. Reading it costs no memory. */
  readonly blob: Blob;
  /** The MIME type with codecs. */
  readonly type: string;
  /** The file name's ending, without the dot. */
  readonly extension: string;
  /** A name for the file, made of the title. */
  readonly fileName: string;
  /** As {@link RecordOptions.source} was. */
  readonly source: string;
  /** Its length in ms. */
  readonly duration: number;
  /** When it began, in ms since 1970. */
  readonly createdAt: number;
  /** Whether it survives the page. */
  readonly durable: boolean;
  /** Whether it was cut off (a closed tab, a crash) and brought to its end later. */
  readonly recovered: boolean;
  /** The recording's id on the server, once it is uploaded; else empty. */
  readonly recording: string;
  /**
   * Where the recording plays, once it is uploaded; else empty. Whoever has the address can watch. Of
   * takes that are listed later it is the address that the server told when it had all of it.
   */
  readonly address: string;
  /** Deletes the take in this browser; an uploaded recording stays. */
  remove(): Promise<void>;
}

/** How far an upload is. */
export interface UploadProgress {
  /** The take's id. */
  readonly id: string;
  /** `elsewhere`: another tab does it. `waiting`: something is wrong, and it is tried again. */
  readonly state: "sending" | "up_to_date" | "waiting" | "paused" | "complete" | "stopped" | "elsewhere";
  /** Bytes that the server has. */
  readonly sent: number;
  /** Bytes that may be sent so far. */
  readonly held: number;
}

/** An upload that is done. */
export interface UploadComplete {
  /** The take's id. */
  readonly id: string;
  /** The take, where this visit of the page made it. */
  readonly take: Take | undefined;
  /** The recording's id on the server. */
  readonly recording: string;
  /** Where it plays; empty where the server did not tell. */
  readonly address: string;
}

/** What a recording tells. */
export interface RecordingEventMap {
  /** It records. */
  recordingstart: CustomEvent<{ readonly durable: boolean }>;
  /** It is over, however it ended. */
  recordingstop: CustomEvent<Take>;
  /** The take is where it survives the page. Comes after `recordingstop`. */
  recordingsaved: CustomEvent<Take>;
  /** The upload stands elsewhere. */
  uploadprogress: CustomEvent<UploadProgress>;
  /** The server has all of the take. */
  uploadcomplete: CustomEvent<UploadComplete>;
  /** Something failed; what was recorded is kept. */
  error: CustomEvent<CallreelError>;
  /** `state` or `elapsed` may be others. */
  change: CustomEvent<undefined>;
}

/** Where a recording stands. */
export type RecordingState = "starting" | "recording" | "paused" | "stopping" | "stopped";

/** A recording at work. It ends by {@link Recording.stop}, by `maxDuration`, or with its source. */
export interface Recording {
  /** Where it stands. */
  readonly state: RecordingState;
  /** Recorded time in ms, pauses not counted. */
  readonly elapsed: number;
  /** Whether what is recorded survives the page. */
  readonly durable: boolean;
  /** Whether the page itself keeps the take, in memory, because its policy allows no worker. */
  readonly inPage: boolean;
  /** The take, however the recording ends. */
  readonly finished: Promise<Take>;
  /** Ends it. */
  stop(): Promise<Take>;
  /** Records nothing until it is resumed. */
  pause(): void;
  /** Records again. */
  resume(): void;
  addEventListener<Name extends keyof RecordingEventMap>(
    name: Name,
    act: Heard<Recording, RecordingEventMap[Name]> | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Name extends keyof RecordingEventMap>(
    name: Name,
    act: Heard<Recording, RecordingEventMap[Name]> | null,
    options?: boolean | EventListenerOptions,
  ): void;
}

/**
 * Records a stream. Its tracks stay yours; stop them when the recording is over.
 * @throws {TypeError} An option has no such value.
 * @throws {CallreelError} `no_track`, `unsupported_format` (the browser records nothing of that kind),
 * `bad_server`, `not_loaded`, or what the browser's storage said.
 */
export declare function record(stream: MediaStream, options?: RecordOptions): Promise<Recording>;

/**
 * The takes that this origin keeps, newest first; those that were cut off are brought to an end first. Of
 * those that were uploaded, {@link Take.recording} and {@link Take.address} are known.
 */
export declare function takes(): Promise<Take[]>;

/** Deletes a kept take. */
export declare function removeTake(id: string): Promise<void>;

/** What {@link resumeUploads} is asked for. */
export interface ResumeOptions {
  /** The server that the token is for: see {@link RecordOptions.server}. */
  server?: string;
  /**
   * The host's leave to begin an upload, where the server was started with `--uploads token`: it is not
   * kept with the take. No other server than `server` is shown it.
   */
  token?: string;
  /** The language of what is said; the browser's by default. */
  lang?: string;
}

/** What resumed uploads tell. */
export interface ResumedUploadsEventMap {
  /** An upload stands elsewhere. */
  uploadprogress: CustomEvent<UploadProgress>;
  /** The server has all of a take. */
  uploadcomplete: CustomEvent<UploadComplete>;
  /** Something failed; the take is kept. */
  error: CustomEvent<CallreelError>;
}

/** Uploads that go on. */
export interface ResumedUploads {
  addEventListener<Name extends keyof ResumedUploadsEventMap>(
    name: Name,
    act: Heard<ResumedUploads, ResumedUploadsEventMap[Name]> | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Name extends keyof ResumedUploadsEventMap>(
    name: Name,
    act: Heard<ResumedUploads, ResumedUploadsEventMap[Name]> | null,
    options?: boolean | EventListenerOptions,
  ): void;
}

/**
 * Goes on with the uploads that earlier visits did not finish, but for those that are at work already. The
 * elements do it by themselves where they have `upload`, and tell what becomes of them.
 */
export declare function resumeUploads(options?: ResumeOptions): Promise<ResumedUploads>;

/**
 * A WebM file of any `MediaRecorder` with duration and index, truncated ones too. Its media is neither
 * copied nor read where the file's structure allows that.
 * @throws {CallreelError} `EncodingError` where there is nothing in it to play.
 */
export declare function makeSeekable(file: Blob): Promise<Blob>;
