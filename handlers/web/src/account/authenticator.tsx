import { fetchMFAPreference, setUpTOTP, updateMFAPreference, verifyTOTPSetup } from "aws-amplify/auth";
import { QRCodeSVG } from "qrcode.react";
import { useEffect, useState } from "react";

import { useSession } from "../session";
import { CodeField, Form } from "../shared/form";

type Setup = { kind: "unknown" } | { kind: "idle" } | { kind: "scan"; uri: string; secret: string } | { kind: "ready" };

/** Setting up an authenticator as second factor, and doing without it again. */
export function Authenticator() {
  const { state } = useSession();
  const [setup, setSetup] = useState<Setup>({ kind: "unknown" });
  const email = state.kind === "in" ? state.email : "";
  useEffect(() => {
    fetchMFAPreference().then(
      ({ enabled = [] }) => setSetup({ kind: enabled.includes("TOTP") ? "ready" : "idle" }),
      // Whether there is one is a detail of the page; setting one up says what is wrong.
      () => setSetup({ kind: "idle" }),
    );
  }, []);

  if (setup.kind === "ready") {
    return (
      <>
        <p role="status">Your authenticator is set up. Signing in asks for its code.</p>
        <Form
          action="Do without it"
          isDangerous
          submit={async () => {
            await updateMFAPreference({ totp: "DISABLED" });
            setSetup({ kind: "idle" });
          }}
        >
          {null}
        </Form>
      </>
    );
  }
  if (setup.kind !== "scan") {
    return (
      <Form
        action="Set up an authenticator"
        isReady={setup.kind === "idle"}
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
