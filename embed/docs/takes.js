import { takes } from "../callreel.js";

const list = document.getElementById("list");
const kept = await takes();
document.getElementById("said").textContent = `This browser keeps ${kept.length}`;
for (const take of kept) {
  const item = document.createElement("li");
  item.textContent = `${take.fileName}, ${Math.round(take.duration / 1000)} s, ${take.blob.size} bytes`;
  list.append(item);
}
