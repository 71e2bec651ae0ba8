import { devices } from "../callreel.js";

const list = document.getElementById("list");
for (const { kind, label } of await devices()) {
  const item = document.createElement("li");
  item.textContent = `${kind}: ${label || "not told yet"}`;
  list.append(item);
}
