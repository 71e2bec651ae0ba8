import { openCamera, openScreen } from "../callreel.js";

const [camera, screen, off, picture, said] = ["camera", "screen", "off", "picture", "said"].map((id) =>
  document.getElementById(id),
);

const close = () => {
  for (const track of picture.srcObject?.getTracks() ?? []) track.stop();
  picture.srcObject = null;
};
const show = async (open) => {
  // A screen is to be asked for just after a click, before anything else.
  const asked = open({ audio: false });
  close();
  try {
    picture.srcObject = await asked;
    said.textContent = picture.srcObject.getVideoTracks()[0].label;
  } catch (error) {
    said.textContent = [error.message, ...error.steps, error.line].filter(Boolean).join(" ");
  }
};
camera.addEventListener("click", () => show(openCamera));
screen.addEventListener("click", () => show(openScreen));
off.addEventListener("click", close);
