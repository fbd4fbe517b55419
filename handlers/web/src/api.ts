// The HTTP API: requests signed with the session's temporary credentials.
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";

import { credentials, Offline, withCredentials } from "./credentials";

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
    /** The problem's URN; none where the request did not get as far as the API. */
    readonly type: string | null,
    message: string,
    readonly requestId: string | null,
  ) {
    super(message);
  }
}

/** How long a link to a download may wait to be followed, in seconds. */
const LINK_LASTS = 300;

export class Api {
  constructor(
    private readonly base: string,
    private readonly region: string,
  ) {}

  send<T>(path: string, request: Request = {}): Promise<Answer<T>> {
    return withCredentials(() => this.sendOnce<T>(path, request), isTurnedAway);
  }

  /** A link that a browser may follow to a download. The API is asked whether it leads anywhere: a page cannot tell. */
  link(path: string): Promise<string> {
    return withCredentials(() => this.linkOnce(path), isTurnedAway);
  }

  private async sendOnce<T>(path: string, request: Request): Promise<Answer<T>> {
    const url = new URL(this.base + path);
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const signed = await this.signer().sign({
      ...target(url),
      method: request.method ?? "GET",
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
    const text = await answer.text();
    const value = (text ? JSON.parse(text) : undefined) as T;
    return { value, etag: answer.headers.get("etag"), next: nextOf(answer.headers.get("link")) };
  }

  private async linkOnce(path: string): Promise<string> {
    const url = new URL(this.base + path);
    const unsigned = { ...target(url), method: "GET", headers: { host: url.host } };
    const { query } = await this.signer().presign(unsigned, { expiresIn: LINK_LASTS });
    url.search = new URLSearchParams(query as Record<string, string>).toString();
    const answer = await reach(url, { redirect: "manual" });
    if (answer.type !== "opaqueredirect") throw await refusal(answer);
    return url.href;
  }

  private signer(): SignatureV4 {
    return new SignatureV4({ service: "execute-api", region: this.region, credentials, sha256: Sha256 });
  }
}

/** A URL as the signer takes it. */
const target = (url: URL) => ({
  protocol: url.protocol,
  hostname: url.hostname,
  ...(url.port ? { port: Number(url.port) } : {}),
  path: url.pathname,
  query: Object.fromEntries(url.searchParams),
});

/** Whether API Gateway refused the credentials or what they may do. The API's own refusals are problems with a type. */
const isTurnedAway = (error: unknown) => error instanceof ApiError && error.status === 403 && error.type === null;

/** The target of `rel="next"` in a `Link` header, as a path with its query. */
export function nextOf(link: string | null): string | null {
  const target = link?.split(",").find((part) => /;\s*rel="?next"?/.test(part))?.match(/<([^>]*)>/)?.[1];
  if (!target) return null;
  const { pathname, search } = new URL(target, "http://relative");
  return pathname + search;
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
  return new ApiError(answer.status, said("type") ?? null, message, answer.headers.get("x-amzn-requestid"));
}
