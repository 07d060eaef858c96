// Port: what has changed in a folder, without a look at each file in it. Waits for nothing and
// runs nothing: the system keeps what there is to tell until it is asked.

export interface FolderChanges {
  /**
   * Names of the files that were made, written to, removed or renamed, or whose facts were changed,
   * since it was last asked; null: not told, any of them may have. The first answer is always null,
   * and from then on whatever happens is in a later one.
   */
  take(): ReadonlySet<string> | null;
  /** Takes no more, and gives back what it holds; asked again it begins anew. */
  close(): void;
}
