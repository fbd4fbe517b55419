// The HTTP API: requests signed with the session's temporary credentials.
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { fetchAuthSession } from "aws-amplify/auth";

export interface Request {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

export interface Answer<T> {
  value: T;
  etag: string | null;
  next: string | null;
}

/** The API's refusal, in its own words. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly requestId: string | null,
  ) {
    super(message);
  }
}

/** The session ended: signing in again is all that helps. */
export class SessionEnded extends Error {
  constructor() {
    super("Your session has ended.");
  }
}

/** There was no answer at all. */
export class Offline extends Error {
  constructor() {
    super("The server cannot be reached.");
  }
}

export class Api {
  constructor(
    private readonly base: string,
    private readonly region: string,
  ) {}

  async send<T>(path: string, request: Request = {}): Promise<Answer<T>> {
    const url = new URL(this.base + path);
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const signer = new SignatureV4({
      service: "execute-api",
      region: this.region,
      credentials: await credentials(),
      sha256: Sha256,
    });
    const signed = await signer.sign({
      method: request.method ?? "GET",
      protocol: url.protocol,
      hostname: url.hostname,
      ...(url.port ? { port: Number(url.port) } : {}),
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { host: url.host, ...(body ? { "content-type": "application/json" } : {}), ...request.headers },
      ...(body ? { body } : {}),
    });
    // Signed, but the browser's own to send.
    const headers = { ...signed.headers };
    delete headers["host"];
    const answer = await reach(url, {
      method: signed.method,
      headers,
      ...(body ? { body } : {}),
      ...(request.signal ? { signal: request.signal } : {}),
    });
    if (!answer.ok) throw await refusal(answer);
    const value = (answer.status === 204 ? undefined : await answer.json()) as T;
    return { value, etag: answer.headers.get("etag"), next: nextOf(answer.headers.get("link")) };
  }
}

/** The target of `rel="next"` in a `Link` header, as a path with its query. */
export function nextOf(link: string | null): string | null {
  const target = link?.split(",").find((part) => /;\s*rel="?next"?/.test(part))?.match(/<([^>]*)>/)?.[1];
  if (!target) return null;
  const { pathname, search } = new URL(target, "http://relative");
  return pathname + search;
}

async function credentials() {
  try {
    const session = await fetchAuthSession();
    if (session.credentials) return session.credentials;
  } catch (error) {
    if (error instanceof Error && error.name === "NetworkError") throw new Offline();
  }
  throw new SessionEnded();
}

async function reach(url: URL, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new Offline();
  }
}

async function refusal(answer: Response): Promise<ApiError> {
  const body: unknown = await answer.json().catch(() => null);
  const said = (name: string) => {
    const value = typeof body === "object" && body !== null ? Reflect.get(body, name) : undefined;
    return typeof value === "string" ? value : undefined;
  };
  const message = said("detail") ?? said("message") ?? answer.statusText;
  return new ApiError(answer.status, message, answer.headers.get("x-amzn-requestid"));
}
