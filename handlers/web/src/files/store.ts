// The person's own folder in the bucket, reached with the session's own credentials: what the role's policy allows.
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { XhrHttpHandler } from "@aws-sdk/xhr-http-handler";

import type { Config } from "../config";
import { credentials, Offline, withCredentials } from "../credentials";

export interface StoredFile {
  /** The path below the person's folder. */
  name: string;
  /** Bytes. */
  size: number;
  modifiedAt: number;
}

export class FileStore {
  private readonly s3: S3Client;
  /** Sends by `XMLHttpRequest`, which tells how much of a request has left. */
  private readonly sender: S3Client;
  private readonly bucket: string;

  constructor(config: Config) {
    this.bucket = config.bucket;
    const settings = {
      region: config.region,
      // Amplify keeps them for as long as they last, and makes them anew when they are refused.
      credentials: Object.assign(() => credentials(), { memoized: true }),
      maxAttempts: 2,
      ...(config.endpoint ? { endpoint: config.endpoint, forcePathStyle: true } : {}),
    };
    this.s3 = new S3Client(settings);
    this.sender = new S3Client({ ...settings, requestHandler: new Sending({}) });
  }

  /** Every file of the person, by name. */
  async list(): Promise<StoredFile[]> {
    const prefix = await folder();
    const files: StoredFile[] = [];
    let token: string | undefined;
    do {
      const command = new ListObjectsV2Command({ Bucket: this.bucket, Prefix: prefix, ContinuationToken: token });
      const page = await told(() => this.s3.send(command));
      for (const { Key, Size, LastModified } of page.Contents ?? []) {
        if (Key) files.push({ name: Key.slice(prefix.length), size: Size ?? 0, modifiedAt: LastModified?.getTime() ?? 0 });
      }
      token = page.NextContinuationToken;
    } while (token);
    return files;
  }

  /** Stores a file, in parts if it is large; `onProgress` hears what share has left. */
  async put(name: string, file: File, onProgress: (share: number) => void, signal: AbortSignal): Promise<void> {
    const Key = (await folder()) + name;
    const params = { Bucket: this.bucket, Key, Body: file, ContentType: file.type || "application/octet-stream" };
    await told(async () => {
      const upload = new Upload({ client: this.sender, params, queueSize: 3 });
      upload.on("httpUploadProgress", ({ loaded = 0, total = file.size }) => onProgress(total ? Math.min(loaded / total, 1) : 1));
      const abort = () => void upload.abort();
      signal.addEventListener("abort", abort);
      try {
        signal.throwIfAborted();
        await upload.done();
      } finally {
        signal.removeEventListener("abort", abort);
      }
    });
  }

  async get(name: string): Promise<Blob> {
    const Key = (await folder()) + name;
    const { Body, ContentType } = await told(() => this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key })));
    if (!Body) return new Blob();
    return new Blob([new Uint8Array(await Body.transformToByteArray())], ContentType ? { type: ContentType } : {});
  }

  async remove(name: string): Promise<void> {
    const Key = (await folder()) + name;
    await told(() => this.s3.send(new DeleteObjectCommand({ Bucket: this.bucket, Key })));
  }
}

/** Where there was no answer, `XMLHttpRequest` has the status 0, which would pass for a success. */
class Sending extends XhrHttpHandler {
  override async handle(...request: Parameters<XhrHttpHandler["handle"]>): ReturnType<XhrHttpHandler["handle"]> {
    const handled = await super.handle(...request);
    if (handled.response.statusCode === 0) throw new Offline();
    return handled;
  }
}

const folder = async () => `private/${(await credentials()).identityId}/`;

/** S3's codes for credentials that are not, or no longer, good. */
const REFUSED = new Set(["ExpiredToken", "InvalidAccessKeyId", "InvalidToken", "TokenRefreshRequired"]);

/** S3's errors in this client's words. */
async function told<T>(send: () => Promise<T>): Promise<T> {
  try {
    return await withCredentials(send, (error) => error instanceof Error && REFUSED.has(error.name));
  } catch (error) {
    // What `fetch` throws where there was no answer.
    if (error instanceof TypeError) throw new Offline();
    throw error;
  }
}
