/*
 * environment: what of the caller's environment the process keeps.
 */
#ifndef HOST_ENVIRONMENT_H
#define HOST_ENVIRONMENT_H

/* Clears it to a short list (PATH, HOME, LANG, LC_*, TZ, TERM, NO_COLOR, CREDENTIALS_DIRECTORY,
 * STATE_DIRECTORY, SUDO_UID), so that no library finds a proxy, a key log or another server in it.
 * Once, in main, before any thread. */
void environment_reduce(void);

#endif
