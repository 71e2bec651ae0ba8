// Only types: importing this tells React's TypeScript what <callreel-recorder> takes.
export {};
