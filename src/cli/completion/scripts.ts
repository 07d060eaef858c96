// Completion scripts: thin shells around `iapeer __complete`, so that every shell offers the same.

/**
 * Sources with `eval`; a candidate's description is cut off, because bash shows none. Written for
 * bash 3.2, which macOS has: no mapfile, and compopt only where it is there.
 */
const BASH = `# bash completion for iapeer: eval "$(iapeer completion bash)"
_iapeer_names() {
  local name
  compopt -o filenames 2>/dev/null
  while IFS= read -r name; do COMPREPLY+=("$name"); done < <(compgen "$1" -- "$2")
}
_iapeer() {
  local line current="\${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=()
  [[ $current == "=" ]] && current=""
  while IFS= read -r line; do
    case $line in
      :files) _iapeer_names -f "$current" ;;
      :folders) _iapeer_names -d "$current" ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <(iapeer __complete "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _iapeer iapeer
`;

const ZSH = `#compdef iapeer
# zsh completion for iapeer: eval "$(iapeer completion zsh)", after compinit
_iapeer() {
  local line word
  local -a described plain
  while IFS= read -r line; do
    case $line in
      :files) compset -P 1 '--*='; _files ;;
      :folders) compset -P 1 '--*='; _files -/ ;;
      *$'\\t'*)
        word=\${line%%$'\\t'*}
        described+=("\${word//:/\\\\:}:\${line#*$'\\t'}") ;;
      *) plain+=("$line") ;;
    esac
  done < <(iapeer __complete "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (( \${#plain} )) && compadd -a plain
  (( \${#described} )) && _describe iapeer described
}
compdef _iapeer iapeer
`;

const FISH = `# fish completion for iapeer: keep it as ~/.config/fish/completions/iapeer.fish
function __iapeer_paths
    set -l word (commandline -ct)
    if string match -qr '^--[^=]+=' -- $word
        set -l cut (string split -m 1 = -- $word)
        for path in ($argv[1] $cut[2])
            echo "$cut[1]=$path"
        end
    else
        $argv[1] $word
    end
end
function __iapeer_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in (iapeer __complete $words[2..-1] 2>/dev/null)
        switch $line
            case ':files'
                __iapeer_paths __fish_complete_path
            case ':folders'
                __iapeer_paths __fish_complete_directories
            case '*'
                echo $line
        end
    end
end
complete -c iapeer -f -a '(__iapeer_complete)'
`;

export const COMPLETION_SCRIPTS: ReadonlyMap<string, string> = new Map([
  ["bash", BASH],
  ["zsh", ZSH],
  ["fish", FISH],
]);
