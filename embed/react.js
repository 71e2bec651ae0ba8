// Only types: importing this tells React's TypeScript what the elements take.
export {};
