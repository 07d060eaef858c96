// The awk program that takes secrets out of a pane's last output (lifecycle §6), the same idea as
// redact.ts in the language that every system has. For mawk, gawk, busybox and macOS's awk, in
// the C locale: no interval expressions, no functions of one awk alone.

/**
 * Reads files of `KEY=VALUE` lines first, then, after the operand `text=1`, the output itself; of
 * its own environment it takes the variables that `-v names=` names.
 * Escapes and controls are dropped. A value of 6 characters or more is hidden wherever it is,
 * also across the blanks and line breaks of a terminal, and where the text starts or stops in it.
 */
export const REDACTION = String.raw`
function learn(v) {
  gsub(/[ \t\r\n]/, "", v)
  if (length(v) >= 6 && !(v in known)) { known[v] = 1; secret[++secrets] = v }
}
function unescaped(v,    k, c, n, out) {
  out = ""
  for (k = 1; k <= length(v); k++) {
    c = substr(v, k, 1)
    n = substr(v, k + 1, 1)
    if (c == "\\" && n != "" && index("nrt\"\\$" sprintf("%c", 96), n) > 0) {
      c = index("nrt", n) > 0 ? " " : n
      k++
    }
    out = out c
  }
  return out
}
function learn_line(s,    v, q, e) {
  v = s
  if ((e = index(s, "=")) > 0) v = substr(s, e + 1)
  learn(v)
  sub(/^[ \t]+/, "", v)
  sub(/[ \t\r]+$/, "", v)
  q = substr(v, 1, 1)
  if (q == "\"" || q == "\047") {
    v = substr(v, 2)
    for (e = length(v); e > 0 && substr(v, e, 1) != q; e--);
    if (e > 0) v = substr(v, 1, e - 1)
    learn(v)
    if (q == "\"") learn(unescaped(v))
  } else {
    sub(/[ \t]+#.*$/, "", v)
    learn(v)
  }
}
function hide(from, size,    k) {
  for (k = at[from]; k < at[from + size - 1] + 1; k++) hidden[k] = 1
  anything = 1
}
function index_text(    k, c) {
  if (indexed) return
  indexed = 1
  packed_length = 0
  for (k = 1; k <= length(all); k++) {
    c = substr(all, k, 1)
    if (c != " " && c != "\t" && c != "\n") at[++packed_length] = k
  }
}
function hide_secret(s,    from, k, n) {
  n = length(s)
  from = 0
  while ((k = index(substr(packed, from + 1), s)) > 0) {
    index_text()
    hide(from + k, n)
    from = from + k
  }
  for (k = n - 1; k >= 6; k--) {
    if (substr(packed, 1, k) == substr(s, n - k + 1)) { index_text(); hide(1, k); break }
  }
  for (k = n - 1; k >= 6; k--) {
    if (length(packed) >= k && substr(packed, length(packed) - k + 1) == substr(s, 1, k)) {
      index_text()
      hide(length(packed) - k + 1, k)
      break
    }
  }
}
function without_hidden(    k, out) {
  if (!anything) return all
  out = ""
  for (k = 1; k <= length(all); k++) {
    if (!(k in hidden)) out = out substr(all, k, 1)
    else if (!((k - 1) in hidden)) out = out "[redacted]"
  }
  return out
}
function mask(t, pattern, least,    out, found) {
  out = ""
  while (match(t, pattern)) {
    found = substr(t, RSTART, RLENGTH)
    out = out substr(t, 1, RSTART - 1) (RLENGTH >= least ? "[redacted]" : found)
    t = substr(t, RSTART + RLENGTH)
  }
  return out t
}
function mask_named(t,    low, out, found, name) {
  out = ""
  name = "(password|passwd|passphrase|secret|token|credential"
  name = name "|api[_-]?key|access[_-]?key|private[_-]?key)"
  low = tolower(t)
  while (match(low, name "[a-z0-9_-]*[\"\047]?[ \t]*[=:][ \t]*[\"\047]?[^ \t\n\"\047&]+")) {
    found = substr(t, RSTART, RLENGTH)
    out = out substr(t, 1, RSTART - 1)
    t = substr(t, RSTART + RLENGTH)
    low = substr(low, RSTART + RLENGTH)
    match(found, /[=:]/)
    out = out substr(found, 1, RSTART) "[redacted]"
  }
  return out t
}
function mask_keys(t,    out, from, to, rest) {
  out = ""
  while (match(t, /-----BEGIN [A-Z0-9 ]+-----/)) {
    out = out substr(t, 1, RSTART - 1) "[redacted]"
    rest = substr(t, RSTART + RLENGTH)
    if (!match(rest, /-----END [A-Z0-9 ]+-----/)) return out "\n"
    t = substr(rest, RSTART + RLENGTH)
  }
  return out t
}
BEGIN { for (i = split(names, given, " "); i > 0; i--) learn(ENVIRON[given[i]]) }
!text { learn_line($0); next }
{ all = all $0 "\n" }
END {
  gsub(/\033[]PX^_][^\007\033]*(\007|\033\\)?/, "", all)
  gsub(/\033\[[0-?]*[ -\/]*[@-~]/, "", all)
  gsub(/\033[ -\/]*[0-~]?/, "", all)
  gsub(/[\001-\010\013-\037\177]/, "", all)
  packed = all
  gsub(/[ \t\n]/, "", packed)
  for (i = 1; i <= secrets; i++) hide_secret(secret[i])
  all = mask_keys(without_hidden())
  all = mask(all, "sk-[A-Za-z0-9_-]+", 15)
  all = mask(all, "gh[pousr]_[A-Za-z0-9]+", 16)
  all = mask(all, "github_pat_[A-Za-z0-9_]+", 20)
  all = mask(all, "xox[a-z]-[A-Za-z0-9-]+", 13)
  all = mask(all, "A[KS]IA[0-9A-Z]+", 16)
  all = mask(all, "eyJ[A-Za-z0-9_-]+[.][A-Za-z0-9_-]+[.]?[A-Za-z0-9_-]*", 20)
  all = mask(all, "[Bb]earer[ \t]+[A-Za-z0-9._~+/=-]+", 19)
  all = mask(all, "://[^ \t\n/?#\"\047]+@", 6)
  printf "%s", mask_named(all)
}
`;
