// What the first client of a tmux server says, on descriptor 3 of whatever launches it. A stream
// of a child's output would be kept, with its buffers, for as long as that child lives: a canary
// lives as long as its session.

import { closeSync } from "node:fs";

import { codeOf } from "./files-errors.ts";

/** bun's types describe the options of this form, and leave the form itself out. */
const listen = Bun.connect as unknown as <Data>(
  options: Bun.FdSocketOptions<Data>,
) => Promise<Bun.Socket<Data>>;

/** Complaints that are read, at most, before an answer. */
const SAID_MAX = 64 * 1024;

interface Hearing {
  readonly isAnswer: (said: string) => boolean;
  readonly parts: Buffer[];
  readonly over: (said: string) => void;
}

const said = ({ parts }: Hearing): string => Buffer.concat(parts).toString("utf8");

function end(socket: Bun.Socket<Hearing>): void {
  socket.data.over(said(socket.data));
}

const HANDLERS: Bun.SocketHandler<Hearing> = {
  data: (socket, bytes) => {
    socket.data.parts.push(Buffer.from(bytes));
    const text = said(socket.data);
    if (!socket.data.isAnswer(text) && text.length < SAID_MAX) return;
    end(socket);
    socket.terminate();
  },
  end,
  close: end,
  error: end,
};

/**
 * Up to the answer, which complaints of a loader may come before, to the end, or until it is
 * given up. Nothing more is read: a canary writes nothing more. Takes the descriptor over.
 */
export async function hearAnswer(
  fd: number,
  isAnswer: (said: string) => boolean,
  lost: AbortSignal,
): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const data: Hearing = { isAnswer, parts: [], over: resolve };
  const socket = await listen({ fd, data, socket: HANDLERS }).catch((error: unknown) => {
    closeSync(fd);
    return codeOf(error);
  });
  if (typeof socket === "string") return `cannot be listened to: ${socket}`;
  const giveUp = () => {
    end(socket);
    socket.terminate();
  };
  // An event of before is told to nobody.
  if (lost.aborted) giveUp();
  lost.addEventListener("abort", giveUp, { once: true });
  const text = await promise;
  lost.removeEventListener("abort", giveUp);
  return text;
}
