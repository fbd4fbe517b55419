// What requests are signed with: the session's tokens, exchanged by Amplify for the identity's temporary credentials.
import { fetchAuthSession } from "aws-amplify/auth";

/** The session ended: signing in again is all that helps. */
export class SessionEnded extends Error {
  constructor() {
    super("Your session has ended.");
  }
}

/** There was no answer at all. */
export class Offline extends Error {
  constructor() {
    super("The server cannot be reached.");
  }
}

export async function credentials(options: { forceRefresh?: boolean } = {}) {
  try {
    const { tokens, credentials, identityId } = await fetchAuthSession(options);
    if (tokens && credentials && identityId) return { ...credentials, identityId };
  } catch (error) {
    if (error instanceof Error && error.name === "NetworkError") throw new Offline();
  }
  throw new SessionEnded();
}

/**
 * Sends, and once more with credentials made anew if these were refused: they may have been taken back before their
 * time, and where the session was ended too, making them anew says so.
 */
export async function withCredentials<T>(send: () => Promise<T>, isRefused: (error: unknown) => boolean): Promise<T> {
  try {
    return await send();
  } catch (error) {
    if (!isRefused(error)) throw error;
    await credentials({ forceRefresh: true });
    return await send();
  }
}
