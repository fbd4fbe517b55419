import { expect, test } from "vitest";
import type { SignInOutput } from "aws-amplify/auth";

import { stepAfter } from "./step";

const after = (signInStep: string) => stepAfter({ isSignedIn: false, nextStep: { signInStep } } as SignInOutput, "a@example.com", "secret");

test("every step that the pool may ask for has a form", () => {
  expect(after("DONE").kind).toBe("done");
  expect(after("CONFIRM_SIGN_UP")).toEqual({ kind: "confirm", email: "a@example.com", password: "secret" });
  expect(after("RESET_PASSWORD").kind).toBe("reset");
  expect(after("CONFIRM_SIGN_IN_WITH_NEW_PASSWORD_REQUIRED").kind).toBe("new-password");
  expect(after("CONFIRM_SIGN_IN_WITH_TOTP_CODE")).toEqual({ kind: "code", from: "authenticator" });
});

test("another step is named, not ignored", () => {
  expect(() => after("CONFIRM_SIGN_IN_WITH_CUSTOM_CHALLENGE")).toThrow("CUSTOM_CHALLENGE");
});
