import { openCamera } from "../callreel.js";
import { joinRoom } from "../join.js";

const [join, leave, people, said] = ["join", "leave", "people", "said"].map((id) => document.getElementById(id));

join.addEventListener("click", async () => {
  join.disabled = true;
  let stream;
  let room;
  try {
    stream = await openCamera();
    room = await joinRoom({ room: document.getElementById("room").value, name: "Ann", stream });
  } catch (error) {
    for (const track of stream?.getTracks() ?? []) track.stop();
    said.textContent = error.message;
    join.disabled = false;
    return;
  }
  const show = () => {
    said.textContent = `${room.peers.length} others are in ${room.room}`;
    for (const { id, stream } of room.peers) {
      const video = document.getElementById(`peer-${id}`) ?? document.createElement("video");
      Object.assign(video, { id: `peer-${id}`, autoplay: true, playsInline: true });
      if (video.srcObject !== stream) video.srcObject = stream;
      people.append(video);
    }
  };
  room.addEventListener("change", show);
  room.addEventListener("peerleave", ({ detail }) => document.getElementById(`peer-${detail.id}`)?.remove());
  show();
  leave.disabled = false;
  room.addEventListener("leave", () => {
    for (const track of stream.getTracks()) track.stop();
    people.replaceChildren();
    said.textContent = "You are out";
    leave.disabled = true;
    join.disabled = false;
  });
  leave.onclick = () => room.leave();
});
