// The usual chat server on node's `ws`: one encoding for each message, one `send` for each client. Stores nothing.
const { WebSocketServer, WebSocket } = require("ws");

const server = new WebSocketServer({ host: "127.0.0.1", port: +process.argv[2], perMessageDeflate: false, backlog: 4096 });
let seq = 0;
server.on("connection", (client) => {
  client.on("error", () => {});
  client.on("message", (data) => {
    const message = JSON.parse(data);
    message.seq = ++seq;
    message.at = Date.now();
    const text = JSON.stringify(message);
    for (const other of server.clients) if (other.readyState === WebSocket.OPEN) other.send(text);
  });
});
