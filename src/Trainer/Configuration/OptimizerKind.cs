using System.Text.Json.Serialization;

namespace LeNetServe.Trainer.Configuration;

/// <summary>How gradients become changes of the weights.</summary>
internal enum OptimizerKind
{
    [JsonStringEnumMemberName("sgd")]
    Sgd,

    [JsonStringEnumMemberName("adam")]
    Adam,

    [JsonStringEnumMemberName("adamw")]
    AdamW,

    [JsonStringEnumMemberName("muon")]
    Muon,
}
