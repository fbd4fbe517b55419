// The person's own folder in the bucket, reached with the session's own credentials: what the role's policy allows.
import { DeleteObjectCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { fetchAuthSession } from "aws-amplify/auth";

import { Offline, SessionEnded } from "../api";
import type { Config } from "../config";

export interface StoredFile {
  /** The path below the person's folder. */
  name: string;
  /** Bytes. */
  size: number;
  modifiedAt: number;
}

export class FileStore {
  private readonly s3: S3Client;
  private readonly bucket: string;

  constructor(config: Config) {
    this.bucket = config.bucket;
    this.s3 = new S3Client({
      region: config.region,
      credentials: async () => (await session()).credentials,
      maxAttempts: 2,
      ...(config.endpoint ? { endpoint: config.endpoint, forcePathStyle: true } : {}),
    });
  }

  /** Every file of the person, by name. */
  async list(): Promise<StoredFile[]> {
    const prefix = await folder();
    const files: StoredFile[] = [];
    let token: string | undefined;
    do {
      const command = new ListObjectsV2Command({ Bucket: this.bucket, Prefix: prefix, ContinuationToken: token });
      const page = await told(this.s3.send(command));
      for (const { Key, Size, LastModified } of page.Contents ?? []) {
        if (Key) files.push({ name: Key.slice(prefix.length), size: Size ?? 0, modifiedAt: LastModified?.getTime() ?? 0 });
      }
      token = page.NextContinuationToken;
    } while (token);
    return files;
  }

  /** Stores a file, in parts if it is large; `onProgress` hears what share has arrived. */
  async put(name: string, file: File, onProgress: (share: number) => void, signal: AbortSignal): Promise<void> {
    const Key = (await folder()) + name;
    const params = { Bucket: this.bucket, Key, Body: file, ContentType: file.type || "application/octet-stream" };
    const upload = new Upload({ client: this.s3, params, queueSize: 3 });
    upload.on("httpUploadProgress", ({ loaded = 0, total = file.size }) => onProgress(total ? loaded / total : 1));
    const abort = () => void upload.abort();
    signal.addEventListener("abort", abort);
    try {
      await told(upload.done());
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }

  async get(name: string): Promise<Blob> {
    const { Body, ContentType } = await told(this.s3.send(new GetObjectCommand({ Bucket: this.bucket, Key: (await folder()) + name })));
    if (!Body) return new Blob();
    return new Blob([new Uint8Array(await Body.transformToByteArray())], ContentType ? { type: ContentType } : {});
  }

  async remove(name: string): Promise<void> {
    await told(this.s3.send(new DeleteObjectCommand({ Bucket: this.bucket, Key: (await folder()) + name })));
  }
}

async function session() {
  const { credentials, identityId } = await fetchAuthSession();
  if (!credentials || !identityId) throw new SessionEnded();
  return { credentials, identityId };
}

const folder = async () => `private/${(await session()).identityId}/`;

/** S3's errors in this client's words. */
async function told<T>(sent: Promise<T>): Promise<T> {
  try {
    return await sent;
  } catch (error) {
    if (error instanceof TypeError) throw new Offline();
    throw error;
  }
}
