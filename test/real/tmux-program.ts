// Which tmux the tests of real servers drive; `IAPEER_TEST_TMUX` names another version.

export const TMUX = process.env["IAPEER_TEST_TMUX"] ?? Bun.which("tmux") ?? "/usr/bin/tmux";
