// The types of yargs-parser name its main entry only.

declare module "yargs-parser/browser" {
  import parser from "yargs-parser";

  export default parser;
}
