using LeNetServe.InferenceServer.Recording;
using LeNetServe.Runtime.Models;

namespace LeNetServe.InferenceServer.Api.OpenInference;

/// <summary>What a model answered.</summary>
/// <param name="Model">The served name.</param>
/// <param name="Version">The version that answered.</param>
/// <param name="Facts">The model.</param>
/// <param name="Outputs">N×classes: the graph's output as it is.</param>
/// <param name="Phases">Where the time went.</param>
internal readonly record struct CallAnswer(string Model, string Version, ModelFacts Facts, float[] Outputs, RequestPhases Phases);
