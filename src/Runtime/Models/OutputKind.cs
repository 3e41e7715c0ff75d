namespace LeNetServe.Runtime.Models;

/// <summary>The meaning of a model's outputs.</summary>
public enum OutputKind
{
    /// <summary>Probabilities: not negative, with the sum 1.</summary>
    Probabilities,

    /// <summary>Scores before a softmax.</summary>
    Scores,
}
