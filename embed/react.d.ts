/** `import "callreel/react"` tells React 19's TypeScript what `<callreel-recorder>` takes. */

import type { DetailedHTMLProps, HTMLAttributes } from "react";
import type { CallreelRecorder, CallreelRecorderEventMap, Source } from "./recorder.js";

type Heard = {
  [Name in keyof CallreelRecorderEventMap as `on${Name}`]?: (event: CallreelRecorderEventMap[Name]) => void;
};

/** The attributes of `<callreel-recorder>` in React. */
export interface CallreelRecorderProps
  extends Omit<DetailedHTMLProps<HTMLAttributes<CallreelRecorder>, CallreelRecorder>, keyof Heard>, Heard {
  source?: Source;
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

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "callreel-recorder": CallreelRecorderProps;
    }
  }
}
