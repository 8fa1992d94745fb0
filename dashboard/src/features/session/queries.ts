import { api } from "@/api/client";
import type { LoginInput, Profile, RegisterInput, TokenAnswer } from "@/api/types/users";

/** Signing in and up. A 401 here is the answer to a wrong password, so nothing is refreshed. */
export function signIn(input: LoginInput): Promise<TokenAnswer> {
  return api.post<TokenAnswer>("/auth/login", input, { noRefresh: true });
}

export function register(input: RegisterInput): Promise<Profile> {
  return api.post<Profile>("/auth/register", input, { noRefresh: true });
}
