namespace LeNetServe.Datasets;

/// <summary>Draws the training images of a request that does not ask for all of them.</summary>
internal static class TrainingSample
{
    /// <summary>Draws the numbers of as many of <paramref name="count"/> images as the request says, in ascending order.</summary>
    public static int[] Pick(DatasetRequest request, int count)
    {
        var numbers = Enumerable.Range(0, count).ToArray();
        if (request.TrainImages is not { } wanted || wanted >= count)
            return numbers;
        new Random(request.TrainSeed).Shuffle(numbers);
        return [.. numbers.Take(wanted).Order()];
    }

    /// <summary>Draws images of a set in memory.</summary>
    public static ImageSet Take(DatasetRequest request, ImageSet train)
    {
        if (request.TrainImages is not { } wanted || wanted >= train.Count)
            return train;
        var numbers = Pick(request, train.Count);
        var pixels = new byte[numbers.Length * train.Shape.Count];
        for (var place = 0; place < numbers.Length; place++)
            train.Image(numbers[place]).CopyTo(pixels.AsSpan(place * train.Shape.Count));
        return new(train.Shape, pixels, Array.ConvertAll(numbers, number => train.Labels[number]))
        {
            Files = train.Files is { } files ? [.. numbers.Select(number => files[number])] : null,
        };
    }
}
