/** `import "callreel/react"` tells React 19's TypeScript what the elements take. */

import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type { CallreelRecorder, CallreelRecorderEventMap, Source } from "./recorder.js";
import type { CallreelRoom, CallreelRoomEventMap } from "./room.js";

type Heard<Events> = {
  [Name in keyof Events as `on${Name & string}`]?: (event: Events[Name]) => void;
};

type Attributes<Element, Events> = Omit<DetailedHTMLProps<HTMLAttributes<Element>, Element>, keyof Heard<Events>> &
  Heard<Events>;

/** What both elements take. */
interface Both {
  width?: number;
  height?: number;
  frameRate?: number;
  facingMode?: string;
  format?: string;
  bitRate?: number;
  timeslice?: number;
  maxDuration?: number;
  upload?: boolean;
  server?: string;
  ownerKey?: string;
  token?: string;
  theme?: "light" | "dark";
  name?: string;
}

/** The attributes of `<callreel-recorder>` in React. */
export type CallreelRecorderProps = Attributes<CallreelRecorder, CallreelRecorderEventMap> &
  Both & { source?: Source };

/** The attributes of `<callreel-room>` in React. */
export type CallreelRoomProps = Attributes<CallreelRoom, CallreelRoomEventMap> & Both & { room?: string };

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "callreel-recorder": CallreelRecorderProps;
      "callreel-room": CallreelRoomProps;
    }
  }
}
