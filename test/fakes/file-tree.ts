// The nodes behind FakeFiles: a flat map from path to node, which is quick to look up, and a walk
// through symlinks only where there are some.

export interface FileNode {
  readonly kind: "file";
  readonly inode: number;
  text: string;
  mtimeMs: number;
  mode: number;
  /** Names that this inode has; link(2) raises it. */
  links: number;
}

export interface FolderNode {
  readonly kind: "folder";
  readonly inode: number;
  readonly names: Set<string>;
  mtimeMs: number;
  mode: number;
}

export interface SymlinkNode {
  readonly kind: "symlink";
  readonly inode: number;
  readonly target: string;
  mtimeMs: number;
  mode: number;
}

export interface SpecialNode {
  readonly kind: "socket" | "other";
  readonly inode: number;
  mtimeMs: number;
  mode: number;
}

export type Node = FileNode | FolderNode | SymlinkNode | SpecialNode;

const LINKS_FOLLOWED_MAX = 20;

export class FileTree {
  private readonly nodes = new Map<string, Node>();
  private inodes = 10;
  private symlinks = 0;

  constructor() {
    this.nodes.set("/", this.folder(0o755, 0));
  }

  folder(mode: number, mtimeMs: number): FolderNode {
    return { kind: "folder", inode: this.inode(), names: new Set(), mtimeMs, mode };
  }

  inode(): number {
    this.inodes += 1;
    return this.inodes;
  }

  /** lstat: the last component is not followed; null when it, or a folder above, is missing. */
  at(path: string): Node | null {
    const direct = this.nodes.get(path);
    if (direct !== undefined) return direct;
    if (this.symlinks === 0) return null;
    const real = this.realParent(path);
    return real === null ? null : (this.nodes.get(real) ?? null);
  }

  /** stat: symlinks followed to their end. */
  follow(path: string): { readonly path: string; readonly node: Node } | null {
    let current = path;
    for (let hop = 0; hop < LINKS_FOLLOWED_MAX; hop += 1) {
      const real = this.realParent(current);
      const node = real === null ? undefined : this.nodes.get(real);
      if (real === null || node === undefined) return null;
      if (node.kind !== "symlink") return { path: real, node };
      current = resolve(dirOf(real), node.target);
    }
    return null;
  }

  /** The same path with every folder above its last component resolved. */
  realParent(path: string): string | null {
    if (this.symlinks === 0 || path === "/") return path;
    const parent = this.follow(dirOf(path));
    if (parent === null) return null;
    return join(parent.path, nameOf(path));
  }

  /** Puts a node in place; its folder must be there. */
  put(path: string, node: Node): void {
    const parent = this.nodes.get(dirOf(path));
    if (parent?.kind !== "folder") throw new Error(`no folder for ${path}`);
    this.drop(path);
    parent.names.add(nameOf(path));
    this.nodes.set(path, node);
    if (node.kind === "symlink") this.symlinks += 1;
  }

  /** Takes one entry out; a folder must be empty. */
  drop(path: string): void {
    const node = this.nodes.get(path);
    if (node === undefined) return;
    const parent = this.nodes.get(dirOf(path));
    if (parent?.kind === "folder") parent.names.delete(nameOf(path));
    this.nodes.delete(path);
    if (node.kind === "symlink") this.symlinks -= 1;
    if (node.kind === "file") node.links -= 1;
  }

  /** A folder with everything in it, or one entry. */
  dropAll(path: string): void {
    const node = this.nodes.get(path);
    if (node?.kind === "folder") {
      for (const name of node.names) this.dropAll(join(path, name));
    }
    this.drop(path);
  }

  move(from: string, to: string): void {
    const node = this.nodes.get(from);
    if (node === undefined || from === to) return;
    if (node.kind !== "folder") {
      if (node.kind === "file") node.links += 1;
      this.drop(from);
      this.put(to, node);
      return;
    }
    const names = [...node.names];
    this.put(to, this.folder(node.mode, node.mtimeMs));
    for (const name of names) this.move(join(from, name), join(to, name));
    this.drop(from);
  }

  paths(): readonly string[] {
    return [...this.nodes.keys()];
  }
}

export const dirOf = (path: string): string => {
  const cut = path.lastIndexOf("/");
  return cut <= 0 ? "/" : path.slice(0, cut);
};

export const nameOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

export const join = (dir: string, name: string): string =>
  dir === "/" ? `/${name}` : `${dir}/${name}`;

const resolve = (dir: string, target: string): string => {
  const full = target.startsWith("/") ? target : join(dir, target);
  const parts: string[] = [];
  for (const part of full.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return `/${parts.join("/")}`;
};
