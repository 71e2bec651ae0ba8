// Shows the code of the live example, which is the file that runs.
const script = document.querySelector("script[data-example]");
const place = document.getElementById("source");
const answer = await fetch(script.src);
place.textContent = await answer.text();
