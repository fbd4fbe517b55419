import { setUpTOTP, updateMFAPreference, verifyTOTPSetup } from "aws-amplify/auth";
import { QRCodeSVG } from "qrcode.react";
import { useState } from "react";

import { useSession } from "./session";
import { useTitle } from "./shared/doorway";
import { CodeField, Form } from "./shared/form";
import { Failure, sentence } from "./shared/notice";

export function Account() {
  const { state, leave } = useSession();
  const [failure, setFailure] = useState<string | null>(null);
  useTitle("Account");
  const out = (everywhere: boolean) => void leave(everywhere).catch((error: unknown) => setFailure(sentence(error)));
  return (
    <main className="stack narrow">
      <h1>Account</h1>
      {state.kind === "in" && <p className="quiet">Signed in as {state.email}</p>}
      {failure && <Failure>{failure}</Failure>}
      <section className="card stack" aria-labelledby="factor">
        <h2 id="factor">Second factor</h2>
        <Authenticator />
      </section>
      <section className="card stack" aria-labelledby="sessions">
        <h2 id="sessions">Sessions</h2>
        <p className="quiet">A session ends with its browser tab. Signing out everywhere ends those of other devices too.</p>
        <div className="row">
          <button onClick={() => out(false)}>Sign out</button>
          <button className="danger" onClick={() => out(true)}>Sign out everywhere</button>
        </div>
      </section>
    </main>
  );
}

type Setup = { kind: "idle" } | { kind: "scan"; uri: string; secret: string } | { kind: "ready" };

function Authenticator() {
  const { state } = useSession();
  const [setup, setSetup] = useState<Setup>({ kind: "idle" });
  const email = state.kind === "in" ? state.email : "";
  if (setup.kind === "ready") {
    return <p role="status">Your authenticator is set up. Signing in asks for its code from now on.</p>;
  }
  if (setup.kind === "idle") {
    return (
      <Form
        action="Set up an authenticator"
        submit={async () => {
          const details = await setUpTOTP();
          setSetup({ kind: "scan", uri: details.getSetupUri("Notewarden", email).href, secret: details.sharedSecret });
        }}
      >
        <p className="quiet">Besides the password, signing in then asks for a code that changes every half minute.</p>
      </Form>
    );
  }
  return (
    <Form
      action="Check the code"
      submit={async ({ code = "" }) => {
        await verifyTOTPSetup({ code });
        await updateMFAPreference({ totp: "PREFERRED" });
        setSetup({ kind: "ready" });
      }}
    >
      <p>Scan this with an authenticator, then enter the code that it shows.</p>
      <QRCodeSVG value={setup.uri} size={180} marginSize={3} title="The set-up for an authenticator, as a QR code" />
      <p className="small">
        Or type this: <code data-testid="totp-secret">{setup.secret}</code>
      </p>
      <CodeField label="Code" />
    </Form>
  );
}
