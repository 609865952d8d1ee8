// Of web/vite.config.ts.
declare module "virtual:rules_address" {
  const address: string;
  export default address;
}
