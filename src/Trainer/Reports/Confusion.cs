namespace LeNetServe.Trainer.Reports;

/// <summary>How often images of each class were given each class.</summary>
internal sealed class Confusion
{
    private readonly int[,] counts;

    /// <summary>Counts right classes against answers.</summary>
    public Confusion(int classes, IReadOnlyList<int> labels, IReadOnlyList<int> answers)
    {
        counts = new int[classes, classes];
        for (var image = 0; image < labels.Count; image++)
            counts[labels[image], answers[image]]++;
    }

    /// <summary>Number of classes.</summary>
    public int Classes => counts.GetLength(0);

    /// <summary>Number of images of class <paramref name="label"/> that were given class <paramref name="answer"/>.</summary>
    public int this[int label, int answer] => counts[label, answer];

    /// <summary>Number of images of the class.</summary>
    public int Images(int label) => Indices.Sum(answer => counts[label, answer]);

    /// <summary>Number of images that were given the class.</summary>
    public int Answered(int answer) => Indices.Sum(label => counts[label, answer]);

    /// <summary>Share of the images given the class that are of it; NaN if there are none.</summary>
    public double Precision(int label) => (double)counts[label, label] / Answered(label);

    /// <summary>Share of the class's images that were given it; NaN if there are none.</summary>
    public double Recall(int label) => (double)counts[label, label] / Images(label);

    /// <summary>Harmonic mean of precision and recall.</summary>
    public double F1(int label) => 2.0 * counts[label, label] / (Images(label) + Answered(label));

    private IEnumerable<int> Indices => Enumerable.Range(0, Classes);
}
