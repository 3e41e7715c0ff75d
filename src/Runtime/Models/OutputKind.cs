namespace LeNetServe.Runtime.Models;

/// <summary>What the numbers of a model's output are.</summary>
public enum OutputKind
{
    /// <summary>Probabilities: none negative, the sum is 1.</summary>
    Probabilities,

    /// <summary>Scores before a softmax.</summary>
    Scores,
}
