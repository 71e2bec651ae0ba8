import { makeSeekable } from "../callreel.js";

document.getElementById("file").addEventListener("change", async ({ target }) => {
  const [file] = target.files;
  const said = document.getElementById("said");
  try {
    const seekable = await makeSeekable(file);
    document.getElementById("replay").src = URL.createObjectURL(seekable);
    said.textContent = `${file.size} bytes became ${seekable.size}`;
  } catch (error) {
    said.textContent = error.message;
  }
});
