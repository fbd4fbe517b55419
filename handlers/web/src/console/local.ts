// What the local server tells whoever sits at its machine.
import { useEffect, useState } from "react";

export interface Decision {
  requestId: string;
  at: number;
  principal: string;
  action: string;
  resource: string;
  decision: "Allowed" | "ExplicitlyDenied" | "ImplicitlyDenied" | "Refused" | "OverQuota";
  reason: string;
  statement?: string;
}

export interface Pattern {
  pattern: string;
  expanded?: string | null;
}

export interface Statement {
  layer: string;
  policy: string;
  statement: number;
  sid?: string | null;
  effect: "Allow" | "Deny";
  matches: boolean;
  mismatch?: { element: string; values: string[]; patterns: Pattern[] } | null;
}

export interface Opened extends Decision {
  explanation?: {
    statements?: Statement[];
    context?: Record<string, string | string[]>;
    canonicalRequest?: string;
    stringToSign?: string;
  };
}

export interface Mail {
  to: string;
  purpose: string;
  code: string;
  sentAt: number;
}

export type Outputs = Record<string, string>;

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
export function useDecisions(): { decisions: Decision[] | null; isLive: boolean } {
  const [decisions, setDecisions] = useState<Decision[] | null>(null);
  const [isLive, setIsLive] = useState(false);
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
