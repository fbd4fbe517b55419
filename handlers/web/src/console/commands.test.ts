import { expect, test } from "vitest";

import { commands, commandsFor, quote } from "./commands";
import type { User } from "./local";

test("words are quoted where a shell would read them otherwise", () => {
  expect(quote("us-east-1_AbC")).toBe("us-east-1_AbC");
  expect(quote("/a b/c")).toBe("'/a b/c'");
  expect(quote("it's; rm")).toBe(`'it'\\''s; rm'`);
  expect(quote("")).toBe("''");
});

test("every command names what the outputs name", () => {
  const outputs = { AwsConfigFile: "/a b/config", AwsCredentialsFile: "/c", UserPool: "us-east-1_P", UserPoolClient: "client", IdentityPool: "us-east-1:i", Bucket: "b", Region: "us-east-1", Endpoint: "http://127.0.0.1:8787", Api: "http://127.0.0.1:8787" };
  const texts = commands(outputs).map(({ text }) => text).join("\n");
  for (const value of Object.values(outputs)) expect(texts).toContain(value);
  expect(texts).toContain("export AWS_CONFIG_FILE='/a b/config'");
  expect(texts).toContain("--logins cognito-idp.us-east-1.amazonaws.com/us-east-1_P=$T");
  expect(texts).not.toContain("undefined");
});

const user: User = { id: "7", status: "CONFIRMED", isEmailVerified: true, isEnabled: true, createdAt: 1, modifiedAt: 1, groups: ["the writers"], factors: [] };
const titles = (changed: Partial<User>) => commandsFor({ ...user, ...changed }, "P").map(({ title }) => title);

test("a user is offered what can be done with them", () => {
  expect(titles({})).toContain("Disable");
  expect(titles({ isEnabled: false })).toContain("Enable");
  expect(titles({})).not.toContain("Confirm");
  expect(titles({ status: "UNCONFIRMED" })).toContain("Confirm");
  expect(commandsFor(user, "P").find(({ title }) => title.startsWith("Take out"))?.text).toContain("--group-name 'the writers'");
});
