using LeNetServe.InferenceServer.Recording;
using LeNetServe.Runtime.Models;

namespace LeNetServe.InferenceServer.Api.OpenInference;

/// <summary>The answer of a model.</summary>
/// <param name="Model">The served name.</param>
/// <param name="Version">The version that answered.</param>
/// <param name="Facts">The facts of the model.</param>
/// <param name="Outputs">N×classes: the unchanged output of the graph.</param>
/// <param name="Phases">The durations of the request's phases.</param>
internal readonly record struct CallAnswer(string Model, string Version, ModelFacts Facts, float[] Outputs, RequestPhases Phases);
