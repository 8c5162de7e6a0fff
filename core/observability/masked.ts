/** An address with all but its last four characters hidden: `*******0101`. */
export const masked = (address: string): string => '*'.repeat(Math.max(0, address.length - 4)) + address.slice(-4);
