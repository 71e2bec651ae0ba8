// The naive way: each chunk comes as a binary string in JSON over a WebSocket, and is appended to a
// file. node naive-server.mjs FOLDER

import { appendFile } from "node:fs";
import { join } from "node:path";
import { WebSocketServer } from "ws";

let count = 0;
const server = new WebSocketServer({ host: "127.0.0.1", port: 0, maxPayload: 64 << 20 });
server.on("connection", (socket) => {
  const file = join(process.argv[2], `${count++}.webm`);
  // One after the other, or they would overtake each other.
  let written = Promise.resolve();
  socket.on("message", (message) => {
    const { event, blob } = JSON.parse(message.toString());
    if (event === "REC_BLOB") {
      const bytes = Buffer.from(blob, "binary");
      written = written.then(() => new Promise((done) => appendFile(file, bytes, done)));
    } else {
      written.then(() => socket.send("done"));
    }
  });
});
server.on("listening", () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
