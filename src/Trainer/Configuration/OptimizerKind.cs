using System.Text.Json.Serialization;

namespace LeNetServe.Trainer.Configuration;

/// <summary>The rule that makes changes of the weights from gradients.</summary>
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
