// Who is signed in. Every page below asks here, and every API call that finds the session gone says so here.
import { fetchAuthSession, getCurrentUser, signOut } from "aws-amplify/auth";
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";

import { Api } from "./api";
import type { Config } from "./config";

export type State = { kind: "checking" } | { kind: "out"; because?: "expired" | "erased" } | { kind: "in"; email: string };

export interface Session {
  state: State;
  config: Config;
  api: Api;
  entered: () => Promise<void>;
  expired: () => void;
  leave: (everywhere: boolean) => Promise<void>;
  /** The account is no more. */
  erased: () => Promise<void>;
}

const Context = createContext<Session | null>(null);

export function SessionProvider({ config, children }: { config: Config; children: ReactNode }) {
  const [state, setState] = useState<State>({ kind: "checking" });
  const api = useMemo(() => new Api(config.api, config.region), [config]);

  const entered = useCallback(async () => {
    const user = await getCurrentUser();
    const claim = (await fetchAuthSession()).tokens?.idToken?.payload["email"];
    setState({ kind: "in", email: typeof claim === "string" ? claim : user.username });
  }, []);
  const expired = useCallback(() => {
    void signOut().catch(() => undefined);
    setState({ kind: "out", because: "expired" });
  }, []);
  const leave = useCallback(async (everywhere: boolean) => {
    await signOut({ global: everywhere });
    setState({ kind: "out" });
  }, []);
  const erased = useCallback(async () => {
    // The pool knows no such user to sign out any more: what is kept here is forgotten all the same.
    await signOut().catch(() => undefined);
    setState({ kind: "out", because: "erased" });
  }, []);

  useEffect(() => {
    entered().catch(() => setState({ kind: "out" }));
  }, [entered]);

  const session = useMemo(
    () => ({ state, config, api, entered, expired, leave, erased }),
    [state, config, api, entered, expired, leave, erased],
  );
  return <Context value={session}>{children}</Context>;
}

export function useSession(): Session {
  const session = useContext(Context);
  if (!session) throw new Error("no session provider");
  return session;
}
