// The usual chat server on socket.io: a room, and `emit` to it. Stores nothing.
const http = require("http");
const { Server } = require("socket.io");

const server = http.createServer();
const io = new Server(server, { transports: ["websocket"], pingInterval: 600000, pingTimeout: 600000 });
let seq = 0;
io.on("connection", (socket) => {
  socket.join("room");
  socket.on("post", (message) => {
    message.seq = ++seq;
    message.at = Date.now();
    io.to("room").emit("post", message);
  });
});
server.listen(+process.argv[2], "127.0.0.1", 4096);
