/** Name of the function that makes a class's layers, whom errors name: `spatialDropout2d` for "SpatialDropout2D". */
export function factoryName(layerClass: object): string {
  const className: string = Reflect.get(layerClass, "className");
  const name = className.replace(/^.*>/, "");
  return name.charAt(0).toLowerCase() + name.slice(1).replace(/D$/, "d");
}
