// The same relay with Socket.IO: node relay-server.mjs

import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http, { transports: ["websocket"] });
io.on("connection", (socket) => {
  socket.on("join", (room) => {
    socket.join(room);
    socket.to(room).emit("otherjoin", socket.id);
    socket.emit("joined", socket.id);
  });
  socket.on("message", ({ to, data }) => io.to(to).emit("message", { from: socket.id, data }));
});
http.listen(0, "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${http.address().port}`));
