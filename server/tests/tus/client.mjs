// Drives tus-js-client as it is published: node client.mjs SCENARIO ENDPOINT KEY FILE [FOLDER]
// Prints one line of JSON that says what happened.

import { createHash } from "node:crypto";
import { createReadStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { PassThrough } from "node:stream";
import * as tus from "tus-js-client";

const { FileUrlStorage } = tus;

const [scenario, endpoint, key, file, folder] = process.argv.slice(2);
const bytes = readFileSync(file);
const statuses = [];

const options = (more = {}) => ({
  endpoint,
  headers: { Authorization: `Bearer ${key}` },
  metadata: { filename: "by tus-js-client.webm", filetype: "video/webm" },
  retryDelays: [0, 50, 200],
  onAfterResponse: (request, response) =>
    statuses.push(`${request.getMethod()} ${response.getStatus()}`),
  ...more,
});

// Starts an upload and waits for its end.
const run = (upload) =>
  new Promise((resolve, reject) => {
    upload.options.onSuccess = () => resolve(upload);
    upload.options.onError = reject;
    upload.start();
  });

// Starts an upload and stops it once so many bytes are acknowledged.
const stopAfter = (upload, limit, stop) =>
  new Promise((resolve, reject) => {
    upload.options.onError = reject;
    upload.options.onChunkComplete = (_, accepted) => {
      if (accepted >= limit) resolve(stop());
    };
    upload.start();
  });

const tell = (more) => console.log(JSON.stringify({ statuses, ...more }));

const scenarios = {
  async plain() {
    const upload = await run(new tus.Upload(bytes, options()));
    tell({ url: upload.url });
  },

  async with_creation() {
    const upload = await run(new tus.Upload(bytes, options({ uploadDataDuringCreation: true })));
    tell({ url: upload.url });
  },

  async deferred() {
    const more = { uploadLengthDeferred: true, chunkSize: 40_000 };
    // Not the file itself, for which the client announces whole chunks to the last.
    const stream = createReadStream(file).pipe(new PassThrough());
    const upload = await run(new tus.Upload(stream, options(more)));
    tell({ url: upload.url });
  },

  async pause() {
    const upload = new tus.Upload(bytes, options({ chunkSize: 20_000 }));
    await stopAfter(upload, 40_000, () => upload.abort());
    const paused = statuses.length;
    upload.options.onChunkComplete = null;
    await run(upload);
    tell({ url: upload.url, resumed: statuses.slice(paused) });
  },

  async begin() {
    const urlStorage = new FileUrlStorage(join(folder, "urls.json"));
    const upload = new tus.Upload(bytes, options({ chunkSize: 20_000, urlStorage }));
    await stopAfter(upload, 60_000, () => tell({ url: upload.url }));
    process.exit(0);
  },

  async resume() {
    const urlStorage = new FileUrlStorage(join(folder, "urls.json"));
    const upload = new tus.Upload(bytes, options({ urlStorage }));
    const [previous] = await upload.findPreviousUploads();
    upload.resumeFromPreviousUpload(previous);
    await run(upload);
    tell({ url: upload.url });
  },

  async wrong_offset() {
    let wrong = true;
    const onBeforeRequest = (request) => {
      if (request.getMethod() === "PATCH" && wrong) {
        wrong = false;
        request.setHeader("Upload-Offset", "77");
      }
    };
    const upload = await run(new tus.Upload(bytes, options({ onBeforeRequest })));
    tell({ url: upload.url });
  },

  async checksum() {
    let wrong = true;
    const chunkSize = 50_000;
    const onBeforeRequest = (request) => {
      if (request.getMethod() !== "PATCH") return;
      const offset = Number(request.getHeader("Upload-Offset"));
      const chunk = bytes.subarray(offset, offset + chunkSize);
      const sum = createHash("sha1").update(wrong ? "another" : chunk).digest("base64");
      request.setHeader("Upload-Checksum", `sha1 ${sum}`);
    };
    const upload = new tus.Upload(bytes, options({ chunkSize, onBeforeRequest }));
    const refused = await run(upload).then(
      () => null,
      (error) => error.originalResponse.getStatus(),
    );
    wrong = false;
    await run(upload);
    tell({ url: upload.url, refused });
  },

  async terminate() {
    const upload = new tus.Upload(bytes, options({ chunkSize: 20_000 }));
    await stopAfter(upload, 20_000, () => upload.abort(true));
    tell({ url: upload.url });
  },
};

await scenarios[scenario]();
