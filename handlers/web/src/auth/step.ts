// Where somebody is on the way in, and what Cognito's next step means for it.
import type { SignInOutput } from "aws-amplify/auth";

export type Step =
  | { kind: "sign-in"; said?: string }
  | { kind: "sign-up" }
  | { kind: "confirm"; email: string; password?: string }
  | { kind: "forgot" }
  | { kind: "reset"; email: string }
  | { kind: "new-password" }
  | { kind: "code"; from: "authenticator" | "mail" }
  | { kind: "done" };

export function stepAfter(output: SignInOutput, email: string, password: string): Step {
  const step = output.nextStep.signInStep;
  switch (step) {
    case "DONE":
      return { kind: "done" };
    case "CONFIRM_SIGN_UP":
      return { kind: "confirm", email, password };
    case "RESET_PASSWORD":
      return { kind: "reset", email };
    case "CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED":
      return { kind: "new-password" };
    case "CONFIRM_SIGN_IN_WITH_TOTP_CODE":
      return { kind: "code", from: "authenticator" };
    case "CONFIRM_SIGN_IN_WITH_EMAIL_CODE":
      return { kind: "code", from: "mail" };
    default:
      throw new Error(`This page cannot take the step that your account asks for (${step}).`);
  }
}
