/** Where every phone of this page is: a place that cannot be mistaken for the reader's own. */
export const HERE = {
  latitude: -33.9036,
  longitude: 18.4208,
  name: 'V&A Waterfront',
  address: 'Cape Town, South Africa',
};
