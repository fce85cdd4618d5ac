/** The first version, and the one of recipes that name an engine: who does not know of engines must leave those alone. */
export const recipeVersion = 1;
export const engineRecipeVersion = 2;
/** That of recipes with an emphasis: who does not know of it would play another sound. */
export const emphasisRecipeVersion = 3;
/** That of recipes of a model of codes. */
export const codesRecipeVersion = 4;
/** That of recipes of a stereo model. */
export const stereoRecipeVersion = 5;
/** The engine that is not named: songs that were saved before there was another name none. */
export const unnamedEngine = 'onnx';
