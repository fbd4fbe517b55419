// What the local server tells whoever sits at its machine.
import { useEffect, useState } from "react";

export type Outcome = "Allowed" | "ExplicitlyDenied" | "ImplicitlyDenied" | "Refused" | "OverQuota";

export interface Decision {
  requestId: string;
  at: number;
  principal: string;
  action: string;
  resource: string;
  decision: Outcome;
  reason: string;
  statement?: string;
}

export interface Pattern {
  pattern: string;
  expanded?: string | null;
}

/** A statement by where it stands. */
export interface StatementRef {
  layer: string;
  policy: string;
  statement: number;
  sid?: string | null;
}

export interface Statement extends StatementRef {
  effect: "Allow" | "Deny";
  matches: boolean;
  mismatch?: { element: string; values: string[] | null; patterns: Pattern[] } | null;
  /** Its patterns with variables, and what these are here. */
  variables?: Pattern[];
}

/** A policy that had a say, with the lines of its statements and where these are in a file. */
export interface PolicyShown {
  layer: string;
  policy: string;
  text: string;
  file?: string;
  statements: { first: number; last: number; source?: { line: number; column: number } }[];
}

/** What the signer of a request has done, as far as it can be told. */
export interface Diagnosis {
  told: string;
  mistakes: string[];
  canonicalRequest: string | null;
  stringToSign: string | null;
}

export interface Opened extends Decision {
  explanation?: {
    statements?: Statement[];
    policies?: PolicyShown[];
    context?: Record<string, string | string[]>;
    decidedBy?: StatementRef | null;
    closest?: StatementRef | null;
    canonicalRequest?: string;
    stringToSign?: string;
    diagnosis?: Diagnosis | null;
  };
}

/** The parts that policies play. */
export const LAYERS: Record<string, string> = {
  Identity: "Policy of the role",
  Resource: "Policy of the resource",
  Boundary: "Permissions boundary",
  Session: "Session policy",
  ServiceControl: "Service control policy",
  ResourceControl: "Resource control policy",
};

export interface Mail {
  to: string;
  purpose: string;
  code: string;
  sentAt: number;
}

export type Outputs = Record<string, string>;

export interface User {
  id: string;
  email?: string;
  isEmailVerified: boolean;
  status: "UNCONFIRMED" | "CONFIRMED" | "FORCE_CHANGE_PASSWORD" | "RESET_REQUIRED";
  isEnabled: boolean;
  createdAt: number;
  modifiedAt: number;
  groups: string[];
  factors: string[];
}

export interface UserPage {
  users: User[];
  next: string | null;
}

export interface UserInFull extends User {
  attributes: [string, string][];
  signIns: { client: string; at: number; expiresAt: number; state: string }[];
  identity: {
    id: string;
    isDisabled: boolean;
    createdAt: number;
    logins: [string, string][];
    credentials: { accessKeyId: string; role: string; expiresAt: number; state: string }[];
  } | null;
}

/** A policy as it is edited. */
export interface Edited {
  name: string;
  text: string;
}

export interface PlaygroundShown {
  role: string;
  policies: { name: string; text: string; json: string; line: number }[];
}

/** What is wrong with a policy, or doubtful, and where. */
export interface Finding {
  policy: string;
  line: number;
  column: number;
  path: string;
  message: string;
}

export interface Replayed {
  requestId: string;
  at: number;
  principal: string;
  action: string;
  resource: string;
  before: Outcome;
  after: Outcome;
  reason: string;
}

/** The decisions made again, or why none was. */
export interface Replay {
  flipped?: number;
  decisions?: Replayed[];
  warnings?: Finding[];
  problems?: Finding[];
}

/** How many decisions the list keeps on screen. */
export const KEPT = 200;

/** The list with what has just been decided before it, each once. */
export function withNews(known: Decision[], news: Decision[]): Decision[] {
  const keys = new Set(known.map(key));
  return [...news.filter((decision) => !keys.has(key(decision))).reverse(), ...known].slice(0, KEPT);
}

/** One request may need several decisions. */
export const key = ({ requestId, action, resource }: Decision) => `${requestId} ${action} ${resource}`;

/** What a list has room for of a resource: its name without the place, and of an API's call the method and path. */
export function shortName(arn: string): string {
  if (!arn.startsWith("arn:")) return arn;
  const name = arn.split(":").slice(5).join(":");
  return name.replace(/^[^/]+\/\$default\/([A-Z]+)\//, "$1 /");
}

/** A reason as what is the case, and what else there is to say of it. */
export function parts(reason: string): { head: string; rest: string } {
  const [head = "", ...rest] = reason.split("; ");
  return { head, rest: rest.join("; ") };
}

export async function read<T>(path: string): Promise<T> {
  const answer = await fetch(`/_local/${path}`);
  if (!answer.ok) throw new Error(`\`/_local/${path}\` answers ${answer.status}`);
  return (await answer.json()) as T;
}

/** Sends a command, which no page of another origin could; the answer may be a refusal in words. */
export async function command<T>(path: string, body: unknown): Promise<T> {
  const answer = await fetch(`/_local/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-notewarden-command": "1" },
    body: JSON.stringify(body),
  });
  if (answer.status !== 422 && !answer.ok) {
    const { message } = (await answer.json().catch(() => ({}))) as { message?: string };
    throw new Error(message ?? `\`/_local/${path}\` answers ${answer.status}`);
  }
  return (await answer.json()) as T;
}

export type Read<T> = { kind: "loading" } | { kind: "here"; value: T } | { kind: "failed"; why: string };

export function useRead<T>(path: string): Read<T> {
  const [state, setState] = useState<Read<T>>({ kind: "loading" });
  useEffect(() => {
    let isWanted = true;
    setState({ kind: "loading" });
    read<T>(path).then(
      (value) => isWanted && setState({ kind: "here", value }),
      (error: unknown) => isWanted && setState({ kind: "failed", why: error instanceof Error ? error.message : "it cannot be read" }),
    );
    return () => {
      isWanted = false;
    };
  }, [path]);
  return state;
}

/** The decisions, the newest first, as they are made. */
export function useDecisions(): { decisions: Decision[] | null; isLive: boolean | null } {
  const [decisions, setDecisions] = useState<Decision[] | null>(null);
  const [isLive, setIsLive] = useState<boolean | null>(null);
  useEffect(() => {
    const events = new EventSource("/_local/stream");
    // Listening first and reading then leaves no gap between; the browser listens again by itself.
    events.onopen = () => {
      setIsLive(true);
      read<Decision[]>(`decisions?limit=${KEPT}`).then(
        (latest) => setDecisions((known) => withNews(known ?? [], latest.reverse())),
        () => setIsLive(false),
      );
    };
    events.onerror = () => setIsLive(false);
    events.onmessage = (event: MessageEvent<string>) => {
      const news = JSON.parse(event.data) as Decision[];
      setDecisions((known) => withNews(known ?? [], news));
    };
    return () => events.close();
  }, []);
  return { decisions, isLive };
}
