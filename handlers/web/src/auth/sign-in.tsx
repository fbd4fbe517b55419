// The way in: each step is a form, and each form leads to the next step.
import { confirmResetPassword, confirmSignIn, confirmSignUp, resendSignUpCode, resetPassword, signIn, signUp } from "aws-amplify/auth";
import { useState } from "react";

import { useSession } from "../session";
import { Doorway } from "../shared/doorway";
import { CodeField, Field, Form, NewPasswordField } from "../shared/form";
import { sentence } from "../shared/notice";
import { stepAfter, type Step } from "./step";

type Go = (step: Step) => Promise<void>;

const SAID = {
  expired: "Your session has ended. Sign in to go on where you were.",
  erased: "Your account is deleted, with all that was in it.",
};

export function SignIn({ because }: { because: keyof typeof SAID | undefined }) {
  const { entered } = useSession();
  const first: Step = because ? { kind: "sign-in", said: SAID[because] } : { kind: "sign-in" };
  const [step, setStep] = useState<Step>(first);
  const go: Go = async (next) => (next.kind === "done" ? entered() : setStep(next));

  switch (step.kind) {
    case "sign-in":
      return <Password key="sign-in" said={step.said} go={go} />;
    case "sign-up":
      return <SignUp key="sign-up" go={go} />;
    case "confirm":
      return <Confirm key="confirm" email={step.email} password={step.password} go={go} />;
    case "forgot":
      return <Forgot key="forgot" go={go} />;
    case "reset":
      return <Reset key="reset" email={step.email} go={go} />;
    case "new-password":
      return <NewPassword key="new-password" go={go} />;
    case "code":
      return <SecondFactor key="code" from={step.from} go={go} />;
    case "done":
      return null;
  }
}

const Email = () => <Field label="E-mail address" name="email" type="email" autoComplete="username" />;

async function enter(email: string, password: string): Promise<Step> {
  return stepAfter(await signIn({ username: email, password }), email, password);
}

function Password({ said, go }: { said: string | undefined; go: Go }) {
  return (
    <Doorway title="Sign in">
      {said && <p className="notice" role="status">{said}</p>}
      <Form action="Sign in" submit={async ({ email = "", password = "" }) => go(await enter(email, password))}>
        <Email />
        <Field label="Password" name="password" type="password" autoComplete="current-password" />
      </Form>
      <div className="row spread small">
        <button className="plain" onClick={() => void go({ kind: "forgot" })}>Forgot your password?</button>
        <button className="plain" onClick={() => void go({ kind: "sign-up" })}>Create an account</button>
      </div>
    </Doorway>
  );
}

function SignUp({ go }: { go: Go }) {
  return (
    <Doorway title="Create an account">
      <Form
        action="Create account"
        submit={async ({ email = "", password = "" }) => {
          await signUp({ username: email, password, options: { userAttributes: { email } } });
          await go({ kind: "confirm", email, password });
        }}
      >
        <Email />
        <NewPasswordField label="Password" />
      </Form>
      <Back go={go} />
    </Doorway>
  );
}

function Confirm({ email, password, go }: { email: string; password: string | undefined; go: Go }) {
  const [said, setSaid] = useState<string | null>(null);
  return (
    <Doorway title="Confirm your address">
      <p>A code is on its way to <strong>{email}</strong>.</p>
      {said && <p className="notice" role="status">{said}</p>}
      <Form
        action="Confirm"
        submit={async ({ code = "" }) => {
          await confirmSignUp({ username: email, confirmationCode: code });
          await go(password ? await enter(email, password) : { kind: "sign-in", said: "Your address is confirmed." });
        }}
      >
        <CodeField label="Code" />
      </Form>
      <div className="row spread small">
        <button className="plain" onClick={() => resendSignUpCode({ username: email }).then(() => setSaid("A new code was sent."), (error: unknown) => setSaid(sentence(error)))}>
          Send a new code
        </button>
        <button className="plain" onClick={() => void go({ kind: "sign-in" })}>Back to sign-in</button>
      </div>
    </Doorway>
  );
}

function Forgot({ go }: { go: Go }) {
  return (
    <Doorway title="Forgot your password?">
      <p>Say who you are, and a code to choose a new one is sent to you.</p>
      <Form
        action="Send the code"
        submit={async ({ email = "" }) => {
          await resetPassword({ username: email });
          await go({ kind: "reset", email });
        }}
      >
        <Email />
      </Form>
      <Back go={go} />
    </Doorway>
  );
}

function Reset({ email, go }: { email: string; go: Go }) {
  return (
    <Doorway title="Choose a new password">
      <p>If <strong>{email}</strong> has an account, a code is on its way there.</p>
      <Form
        action="Set the password"
        submit={async ({ code = "", password = "" }) => {
          await confirmResetPassword({ username: email, confirmationCode: code, newPassword: password });
          await go({ kind: "sign-in", said: "Your password is changed. Sign in with it." });
        }}
      >
        <CodeField label="Code" />
        <NewPasswordField />
      </Form>
      <Back go={go} />
    </Doorway>
  );
}

function NewPassword({ go }: { go: Go }) {
  return (
    <Doorway title="Choose your password">
      <p>The one you were given was for the first time only.</p>
      <Form action="Set the password" submit={async ({ password = "" }) => go(stepAfter(await confirmSignIn({ challengeResponse: password }), "", password))}>
        <NewPasswordField />
      </Form>
      <Back go={go} />
    </Doorway>
  );
}

function SecondFactor({ from, go }: { from: "authenticator" | "mail"; go: Go }) {
  return (
    <Doorway title="One more step">
      <p>{from === "authenticator" ? "Enter the code that your authenticator shows." : "Enter the code that was sent to you."}</p>
      <Form action="Sign in" submit={async ({ code = "" }) => go(stepAfter(await confirmSignIn({ challengeResponse: code }), "", ""))}>
        <CodeField label="Code" />
      </Form>
      <Back go={go} />
    </Doorway>
  );
}

function Back({ go }: { go: Go }) {
  return (
    <div className="small">
      <button className="plain" onClick={() => void go({ kind: "sign-in" })}>Back to sign-in</button>
    </div>
  );
}
